import { expect, it } from 'vitest';
import { BUBBLE, fit, insidePicture, middle, outputSize } from './scene';

it('outputSize keeps the shape, is even and no larger than what is recorded', () => {
  expect(outputSize({ width: 1280, height: 720 })).toEqual({ width: 1280, height: 720 });
  expect(outputSize({ width: 3840, height: 2160 })).toEqual({ width: 1920, height: 1080 });
  expect(outputSize({ width: 1367, height: 769 })).toEqual({ width: 1368, height: 770 });
  expect(outputSize({ width: 1000, height: 4000 })).toEqual({ width: 270, height: 1080 });
  expect(outputSize({})).toEqual({ width: 1280, height: 720 });
});

it('fit shows all of the picture, in the middle', () => {
  expect(fit({ width: 640, height: 480 }, { width: 1280, height: 720 })).toEqual([160, 0, 960, 720]);
  expect(fit({ width: 1280, height: 360 }, { width: 1280, height: 720 })).toEqual([0, 180, 1280, 360]);
});

it('middle takes the largest square', () => {
  expect(middle({ width: 640, height: 480 })).toEqual([80, 0, 480]);
});

it('the bubble stays inside', () => {
  const size = { width: 1280, height: 720 };
  const corner = insidePicture({ x: 1.4, y: -2 }, size);
  expect(corner.y).toBeCloseTo(BUBBLE / 2);
  expect(corner.x * 1280 + (BUBBLE / 2) * 720).toBeCloseTo(1280);
  expect(insidePicture({ x: 0.5, y: 0.5 }, size)).toEqual({ x: 0.5, y: 0.5 });
});
