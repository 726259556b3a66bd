"""What reading an article costs: the first one of a process, which imports the package, and those after it.

    python -m tests.benchmarks.article_speed

Prints seconds and milliseconds of CPU time, and memory; asserts nothing. Needs the extra "articles".
"""

import resource
import time
from statistics import median

from monitor.feeds.page_text import ArticlePage, article_text

_PAGES = 50
_SENTENCE = (
    "Fiji recalled its ambassador to Tonga on Monday over the fishing grounds at the reef, the ministry in Suva said. "
)


def page() -> bytes:
    """A page as newspapers make them: 25 paragraphs between a menu, scripts and 300 teasers; 87 kB."""
    menu = "".join(f'<li><a href="/section/{number}">Section {number}</a></li>' for number in range(400))
    teasers = "".join(
        f'<div class="card"><a href="/{number}"><img src="/{number}.jpg" alt=""><span>Teaser {number} of the day</span></a></div>'
        for number in range(300)
    )
    paragraphs = "".join(f"<p>{number}. {_SENTENCE * 3}</p>" for number in range(25))
    return (
        f"<!doctype html><html><head><title>Reef Herald</title><script>{'var a = 1;' * 3000}</script></head><body>"
        f"<nav><ul>{menu}</ul></nav><main><article><h1>A title</h1>{paragraphs}</article></main><aside>{teasers}</aside>"
        "</body></html>"
    ).encode()


def main() -> None:
    article = ArticlePage(content=page())
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    first, *others = (_timed(article) for _ in range(1 + _PAGES))
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    print(f"page {len(article.content) / 1000:.0f} kB, text {len(article_text(article, title='A title')):,} characters")
    print(
        f"first {first:.2f} s, then {median(others) * 1000:.1f} ms each (median of {_PAGES}); {grown:.0f} MB more memory"
    )


def _timed(article: ArticlePage) -> float:
    began = time.process_time()
    article_text(article, title="A title")
    return time.process_time() - began


if __name__ == "__main__":
    main()
