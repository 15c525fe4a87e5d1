import { UnreadableFile } from '../report/report';
import { JsonMistake, type JsonValue, parseJson } from './parse-json';

/**
 * The document that a text holds, by the strict grammar.
 * @param firstLine of the text in its file
 * @throws UnreadableFile with the line of the first mistake
 */
export function strictJson(text: string, firstLine: number): JsonValue {
  try {
    return parseJson(text);
  } catch (error) {
    if (!(error instanceof JsonMistake)) throw error;
    throw new UnreadableFile({
      code: 'json-error',
      line: firstLine + text.slice(0, error.at).split('\n').length - 1,
      found: error.found,
      expected: error.expected,
      message: 'the file is not valid JSON',
      fix: 'download it again; a file that was cut off ends too early',
    });
  }
}

/** @throws UnreadableFile if the bytes are not UTF-8, in which JSON is written */
export function strictUtf8(bytes: Buffer, line: number): string {
  try {
    // A byte order mark is left to the grammar, which allows a single one.
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new UnreadableFile({
      code: 'encoding-error',
      line,
      found: 'bytes that are not UTF-8',
      expected: 'utf-8',
      message: 'the file is not in the declared encoding',
      fix: 'JSON is UTF-8; export it as UTF-8',
    });
  }
}
