// The one hit that plays in the list of results; another one that begins ends it.
class InPlace {
  hit = $state<string | null>(null);
}
export const inPlace = new InPlace();
