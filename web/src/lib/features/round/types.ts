// The shapes of check-ins, rounds and catch-up, by the names that the app uses.
import type { components } from '$lib/api/schema';

type Schemas = components['schemas'];

export type CheckIn = Schemas['CheckIn'];
export type CheckInTemplate = Schemas['CheckInTemplate'];
export type Opening = Schemas['Opening'];
export type Round = Schemas['Round'];
export type Plan = Round['carried_over'][number];
export type RoundBrief = Schemas['RoundBrief'];
export type RoundResponse = Schemas['ResponseView'];
export type Expected = Schemas['ExpectedView'];
export type PlayItem = Schemas['PlayItem'];
export type MyRounds = Schemas['MyRounds'];
export type CatchUp = Schemas['CatchUp'];
export type CatchUpItem = Schemas['CatchUpItem'];
