import { programIn } from './program';
import { SQL_TEXT } from './sql-text';

const FIND_ORIGINS = new URL('./find_origins.py', import.meta.url);

export const EXPORT_FACTS = programIn(new URL('./export_facts.py', import.meta.url), FIND_ORIGINS, SQL_TEXT);
