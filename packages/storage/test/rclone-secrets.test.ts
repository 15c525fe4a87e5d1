import { execFileSync } from 'node:child_process';
import { forgetSecrets } from '@sensor-warehouse/model/secrets/secrets';
import { keepRcloneConfig, secretsOfRcloneConfig } from '@sensor-warehouse/storage/rclone-secrets';
import { afterEach, describe, expect, it } from 'vitest';

const { RCLONE } = process.env;

/** Everything that is hidden, and given to the runner to be masked. */
const valuesOf = (config: string) => keepRcloneConfig(config).forms;
afterEach(forgetSecrets);

describe('secrets of an rclone configuration', () => {
  it('are the values of its options', () => {
    expect(valuesOf('[drive]\ntype = drive\nclient_secret = GOCSPX-abcdef\n')).toContain('GOCSPX-abcdef');
  });

  it('are found with a colon, without spaces, in quotation marks and in lines that end with CR LF', () => {
    const values = valuesOf('[a]\r\npass: first-secret\r\ntoken=second-secret\r\nkey = "third-secret"\r\n');
    expect(values).toEqual(expect.arrayContaining(['first-secret', 'second-secret', 'third-secret']));
  });

  it('are also what is inside a token, part by part', () => {
    const token = '{"access_token":"ya29.a0AfB_by","token_type":"Bearer","refresh_token":"1//03-xyz-abc"}';
    expect(valuesOf(`[drive]\ntoken = ${token}\n`)).toEqual(
      expect.arrayContaining([token, 'ya29.a0AfB_by', '1//03-xyz-abc']),
    );
  });

  it('are every line of a private key inside a service account', () => {
    const account = JSON.stringify({ private_key: '-----BEGIN PRIVATE KEY-----\nMIIEvQIBADAN\nBgkqhkiG9w0=\n' });
    expect(valuesOf(`[drive]\nservice_account_credentials = ${account}\n`)).toEqual(
      expect.arrayContaining(['MIIEvQIBADAN', 'BgkqhkiG9w0=']),
    );
  });

  it('are the values of JSON that was pasted over many lines', () => {
    const values = valuesOf('[drive]\ntoken = {\n  "access_token": "ya29.many-lines",\n  "expiry": ""\n}\n');
    expect(values).toContain('ya29.many-lines');
  });

  it('are whole lines that are not options, because rclone repeats a line that it cannot parse', () => {
    const values = valuesOf('[sftp]\nkey_pem = -----BEGIN KEY-----\nb3BlbnNzaC1rZXk=\nAAAAB3NzaC1yc2E==\n');
    expect(values).toEqual(expect.arrayContaining(['b3BlbnNzaC1rZXk=', 'AAAAB3NzaC1yc2E==']));
  });

  it('stay secrets when their line is commented out', () => {
    expect(valuesOf('[a]\n# pass = retired-secret\n; token = old-token-1\n')).toEqual(
      expect.arrayContaining(['retired-secret', 'old-token-1']),
    );
  });

  it('are masked in the forms of a URL and of base64 too', () => {
    const values = valuesOf('[a]\npass = p@ss w/rd\n');
    expect(values).toEqual(expect.arrayContaining(['p%40ss%20w%2Frd', Buffer.from('p@ss w/rd').toString('base64')]));
  });

  it('are found when they have four letters', () => {
    expect(valuesOf('[a]\npass = abcd\n')).toContain('abcd');
  });

  it('are named, not masked, when they are shorter', () => {
    expect(secretsOfRcloneConfig('[a]\npass = abc\n')).toEqual({ secrets: [], others: [], tooShort: ['pass'] });
  });

  it('are not the words that everybody may read', () => {
    const config = '[onedrive]\ntype = onedrive\ndrive_type = business\nregion = eu-central-1\ntoken_auth = false\n';
    expect(valuesOf(config)).toEqual([]);
  });
});

describe.skipIf(!RCLONE)('an obscured password', () => {
  const obscured = () => execFileSync(RCLONE!, ['obscure', 'hunter2-ěšč'], { encoding: 'utf8' }).trim();

  it('is masked as rclone would reveal it', () => {
    expect(valuesOf(`[ftp]\npass = ${obscured()}\n`)).toContain('hunter2-ěšč');
  });

  it('is masked as the header of a basic authentication', () => {
    const header = Buffer.from('petra:hunter2-ěšč').toString('base64');
    expect(valuesOf(`[webdav]\nuser = petra\npass = ${obscured()}\n`)).toContain(header);
  });
});
