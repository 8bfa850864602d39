/** Unshown is why one file is not shown: it could not be loaded, or this browser cannot show it. */
export class Unshown {
  /** 'asked' while the reason is being found out. */
  #why = $state<'' | 'asked' | 'away' | 'kind'>('');

  get why(): '' | 'asked' | 'away' | 'kind' {
    return this.#why;
  }

  /** A picture or a medium has reported an error, or a request has failed, which has no event. */
  failed = async (event?: Event): Promise<void> => {
    this.#why = 'asked';
    this.#why = await whyNot(event?.target ?? null);
  };

  /** It is to be loaded again. */
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

/** Asks for it once more: what then arrives whole is nothing that the browser can show. */
async function asked(url: string, headers: HeadersInit = {}): Promise<'away' | 'kind'> {
  try {
    const response = await fetch(url, { headers });
    await response.arrayBuffer();
    return response.ok ? 'kind' : 'away';
  } catch {
    return 'away';
  }
}
