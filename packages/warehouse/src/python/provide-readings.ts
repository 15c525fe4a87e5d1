import { programIn } from './program';
import { SQL_TEXT } from './sql-text';

export const PROVIDE_READINGS = programIn(new URL('./provide_readings.py', import.meta.url), SQL_TEXT);
