// Several events of one element, taken up and given up together.

type Handlers = { [K in keyof HTMLMediaElementEventMap]?: () => void };

export function listen(media: HTMLMediaElement, handlers: Handlers): () => void {
  const entries = Object.entries(handlers);
  for (const [type, run] of entries) media.addEventListener(type, run);
  return () => {
    for (const [type, run] of entries) media.removeEventListener(type, run);
  };
}
