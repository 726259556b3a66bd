"""Whole addresses of this site, for what is read elsewhere: feeds for readers, links in the API."""

from starlette.requests import Request

from monitor.web.site import site_of


def base_of(request: Request) -> str:
    """Where this site begins, without a slash at the end: web.public_url, else the name by which it was asked."""
    public = site_of(request).public_url.rstrip("/")
    # The guard has let this name pass (guard.py), so that nobody else can have chosen it.
    return public or f"{request.url.scheme}://{request.url.netloc}"
