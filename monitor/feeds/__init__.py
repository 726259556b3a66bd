"""From a feed's address to items with an identity: fetch, parse, text, identity, pacing, sample."""
