import { language } from '$lib/i18n/language.svelte';

language.choose('system'); // the file of tests before may have chosen another
