/** Unshown finds out why a file is not shown: it could not be loaded, or the browser cannot show it. */
export class Unshown {
  /** 'asked' while the reason is being found out. */
  #why = $state<'' | 'asked' | 'away' | 'kind'>('');

  get why(): '' | 'asked' | 'away' | 'kind' {
    return this.#why;
  }

  /** Call it when an element reports an error, or without an event when a request fails. */
  failed = async (event?: Event): Promise<void> => {
    this.#why = 'asked';
    this.#why = await whyNot(event?.target ?? null);
  };

  /** Loads the file again. */
  again = (): void => {
    this.#why = '';
  };
}

async function whyNot(target: EventTarget | null): Promise<'away' | 'kind'> {
  if (target instanceof HTMLImageElement) return asked(target.currentSrc || target.src);
  if (!(target instanceof HTMLMediaElement)) return 'away';
  const code = target.error?.code;
  if (code === MediaError.MEDIA_ERR_NETWORK || code === MediaError.MEDIA_ERR_ABORTED) return 'away';
  return asked(target.currentSrc || target.src, { Range: 'bytes=0-0' });
}

/** Requests the file again: if it loads completely, the browser cannot show it. */
async function asked(url: string, headers: HeadersInit = {}): Promise<'away' | 'kind'> {
  try {
    const response = await fetch(url, { headers });
    await response.arrayBuffer();
    return response.ok ? 'kind' : 'away';
  } catch {
    return 'away';
  }
}
