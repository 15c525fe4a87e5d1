/** Imported by other programs. Named in one place, because ncc loses its name where two modules name it. */
export const SQL_TEXT: URL | string = new URL('./sql_text.py', import.meta.url);
