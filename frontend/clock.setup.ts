import { ahead, setClock } from './clock.ts';

if (ahead !== 0) setClock({ ahead });
