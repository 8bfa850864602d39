/** The meaning of a colour. The tokens define a pair of colours for each tone. */
export type Tone = 'neutral' | 'accent' | 'info' | 'warn' | 'good' | 'danger';
