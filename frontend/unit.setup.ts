import { language } from '$lib/i18n/language.svelte';

language.choose('system'); // an earlier test file may have chosen another language
