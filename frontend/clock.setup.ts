import { ahead, setAhead } from './clock.ts';

if (ahead !== 0) setAhead(ahead);
