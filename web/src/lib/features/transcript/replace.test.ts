import { describe, expect, it } from 'vitest';
import { findAll } from './find';
import { replaced } from './replace';

const segments = [
  { id: 'a', text: 'We use cubernetis, and Cubernetis only.' },
  { id: 'b', text: 'Nothing here.' },
  { id: 'c', text: 'cubernetis again' },
];

describe('replaced', () => {
  it('changes every place, more than one in a text, whatever the case', () => {
    expect(replaced(segments, findAll(segments, 'cubernetis'), 'Kubernetes')).toEqual([
      { id: 'a', from: segments[0]!.text, to: 'We use Kubernetes, and Kubernetes only.' },
      { id: 'c', from: segments[2]!.text, to: 'Kubernetes again' },
    ]);
  });
  it('keeps its places where the new words are shorter or longer', () => {
    const [match] = findAll(segments, 'cubernetis');
    expect(replaced(segments, [match!], 'k8s')[0]?.to).toBe('We use k8s, and Cubernetis only.');
  });
  it('takes words out without leaving a gap', () => {
    expect(replaced(segments, findAll(segments, 'again'), '')[0]?.to).toBe('cubernetis');
    expect(replaced(segments, findAll(segments, 'use'), '')[0]?.to).toBe(
      'We cubernetis, and Cubernetis only.',
    );
  });
  it('leaves out what stays the same', () => {
    expect(replaced(segments, findAll(segments, 'nothing'), 'Nothing')).toEqual([]);
  });
});
