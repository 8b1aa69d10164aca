import { describe, expect, it } from 'vitest';
import { agent } from './agent';

describe('agent', () => {
  it('tells Edge from Chrome from Safari', () => {
    const chrome =
      'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/139.0 Safari/537.36';
    expect(agent(chrome)).toEqual({ browser: 'Chrome', system: 'Linux' });
    expect(agent(`${chrome} Edg/139.0`)?.browser).toBe('Edge');
    expect(agent('Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Safari/604.1')).toEqual(
      {
        browser: 'Safari',
        system: 'iOS',
      },
    );
  });
  it('knows when it does not know', () => {
    expect(agent('curl/8.5.0')).toBeNull();
  });
});
