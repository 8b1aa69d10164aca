import { sveltekit } from '@sveltejs/kit/vite';
import { defineConfig } from 'vitest/config';
import { groups } from './tools/chunks.js';
import { slimEngine } from './tools/engine.js';
import { withoutInlineStyle } from './tools/externalise.js';

// MERIDIAN_DEV_SERVER: where the API runs while developing (the app itself is served by Vite then).
const server = process.env.MERIDIAN_DEV_SERVER ?? 'http://127.0.0.1:8080';

export default defineConfig({
  plugins: [withoutInlineStyle(), slimEngine(), sveltekit()],
  server: {
    proxy: Object.fromEntries(
      ['/api', '/media'].map((path) => [path, { target: server, changeOrigin: true }]),
    ),
  },
  build: {
    target: 'es2022',
    chunkSizeWarningLimit: 600,
    assetsInlineLimit: 0,
    rolldownOptions: { output: { codeSplitting: { groups: groups(import.meta.dirname) } } },
  },
  test: {
    include: ['src/**/*.test.ts'],
    environment: 'node',
    setupFiles: ['src/lib/messages/testing.ts'],
  },
});
