/** What a colour says; the tokens have a pair of colours for each. */
export type Tone = 'neutral' | 'accent' | 'info' | 'warn' | 'good' | 'danger';
