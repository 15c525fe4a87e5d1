import { programIn } from './program';
import { SQL_TEXT } from './sql-text';

export const EXPORT_LEVELS = programIn(new URL('./export_levels.py', import.meta.url), SQL_TEXT);
