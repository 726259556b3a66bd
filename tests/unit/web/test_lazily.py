"""An application that is made when it is first asked is made once, whoever asks at the same time."""

import threading
import time

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.types import ASGIApp

from monitor.web.lazily import Lazily
from monitor.web.server import serving
from tests.unit.web.exhibits import Visitor


def test_given_several_who_ask_at_once_when_the_application_is_not_made_yet_then_it_is_made_once() -> None:
    made: list[str] = []
    answers: list[str] = []

    def make() -> ASGIApp:
        time.sleep(0.2)  # long enough for all to be waiting
        made.append(threading.current_thread().name)

        def hello(_: Request) -> PlainTextResponse:
            return PlainTextResponse("hello")

        return Starlette(routes=[Route("/", hello)])

    with serving(Lazily(make), host="127.0.0.1", port=0) as port:
        assert port is not None
        assert made == []
        visitor = Visitor(port)
        asking = [threading.Thread(target=lambda: answers.append(visitor.get("/").text)) for _ in range(5)]
        for one in asking:
            one.start()
        for one in asking:
            one.join()
    assert answers == ["hello"] * 5
    assert len(made) == 1
    # Not in the server's own thread, which answers others meanwhile.
    assert made != ["web"]


def test_given_a_first_request_that_fails_when_asked_again_then_it_is_tried_again() -> None:
    tries: list[int] = []

    def make() -> ASGIApp:
        tries.append(1)
        if len(tries) == 1:
            raise RuntimeError("not yet")
        return PlainTextResponse("hello")

    with serving(Lazily(make), host="127.0.0.1", port=0) as port:
        assert port is not None
        visitor = Visitor(port)
        assert visitor.get("/").status == 500
        assert visitor.get("/").text == "hello"
