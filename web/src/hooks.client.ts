// The texts are loaded beside the app's first page, and nothing is drawn before they are there.
import type { ClientInit } from '@sveltejs/kit';
import { language } from '$lib/messages/language.svelte';

const spoken = language.start();

export const init: ClientInit = () => spoken;
