"""Makes a shift of each configuration that `relmon run` takes up, and ends what it worked with once nobody needs it.

Comes between wiring, which puts a crew together, and the service, which has one shift relieve another.
"""

from collections.abc import AsyncIterator, Collection
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

from monitor.cli.wiring import Crew, children_for, classifier_source, crew, retention_of
from monitor.feeds.trouble import TroubleLimits
from monitor.settings.files import Loaded
from monitor.storage.engine import Database
from monitor.worker.jobs import Jobs
from monitor.worker.service import Service
from monitor.worker.shift import Duty, Plan, Shift


@dataclass(frozen=True, slots=True, kw_only=True)
class _Hired:
    """A crew, the configuration that it follows, and how it ends. Its children end apart, since the next may keep them."""

    loaded: Loaded
    crew: Crew
    ending: AsyncExitStack


class Shifts:
    """One shift after the other, for one database. Made by `shifts`."""

    def __init__(self, database: Database, duties: frozenset[Duty], hired: _Hired) -> None:
        self._database = database
        self._duties = duties
        self._hired = hired

    @property
    def crew(self) -> Crew:
        """Those who are on duty."""
        return self._hired.crew

    @property
    def shift(self) -> Shift:
        """Those who are on duty, with their plan."""
        return _shift(self._hired.loaded, self._hired.crew, self._duties)

    async def change(self, service: Service, loaded: Loaded, reopened: Collection[str]) -> None:
        """Has a shift that follows `loaded` relieve the one on duty; all or nothing.

        New patterns are compiled before. `reopened` are channels that are tried again, whatever was their trouble.

        Raises:
            ConfigurationError: a channel or the classifier's source holds mistakes; it lists them.
            ChildFailed: the new children could not be started.
            DatabaseUnavailable: the database can't be written.
        """
        former, keeps_children = self._hired, _needs_same_children(self._hired.loaded, loaded)
        async with AsyncExitStack() as undo:
            jobs = former.crew.jobs
            if not keeps_children:
                jobs = children_for(loaded)
                undo.push_async_callback(jobs.close)
                if Duty.POLL in self._duties:
                    jobs.warm_up()
                    await jobs.ready()
            hired = await _hire(loaded, self._database, jobs, former.crew)
            undo.push_async_callback(hired.ending.aclose)

            async def let_go() -> None:
                await former.ending.aclose()
                if not keeps_children:
                    await former.crew.jobs.close()

            shift = _shift(loaded, hired.crew, self._duties)
            await service.relieve(shift, reopened=reopened, let_go=let_go)
            undo.pop_all()
        self._hired = hired

    async def close(self) -> None:
        """Ends those on duty."""
        await self._hired.ending.aclose()
        await self._hired.crew.jobs.close()


@asynccontextmanager
async def shifts(loaded: Loaded, database: Database, duties: frozenset[Duty]) -> AsyncIterator[Shifts]:
    """The first shift, which takes the database over; whoever is on duty ends with the block.

    Raises as `wiring.crew` does.
    """
    async with AsyncExitStack() as undo:
        jobs = children_for(loaded)
        undo.push_async_callback(jobs.close)
        one_by_one = Shifts(database, duties, await _hire(loaded, database, jobs, None))
        undo.pop_all()
    try:
        yield one_by_one
    finally:
        await one_by_one.close()


async def _hire(loaded: Loaded, database: Database, jobs: Jobs, former: Crew | None) -> _Hired:
    settings = loaded.settings
    async with AsyncExitStack() as stack:
        hired = await stack.enter_async_context(
            crew(
                loaded,
                database,
                feeds=loaded.feeds,
                spacing=settings.poll.host_spacing,
                concurrency=settings.poll.concurrency,
                allow_feeds=settings.outbound.allow_feeds,
                jobs=jobs,
                former=former,
            )
        )
        return _Hired(loaded=loaded, crew=hired, ending=stack.pop_all())


def _needs_same_children(former: Loaded, loaded: Loaded) -> bool:
    """Whether the children may stay: they have compiled the same, and are kept in the same way."""
    before, after = former.settings.poll, loaded.settings.poll
    return (before.children, before.parse_limit) == (after.children, after.parse_limit) and (
        classifier_source(former.documents) == classifier_source(loaded.documents)
    )


def _shift(loaded: Loaded, hired: Crew, duties: frozenset[Duty]) -> Shift:
    settings = loaded.settings
    return Shift(
        poller=hired.poller,
        dispatcher=hired.dispatcher,
        plan=Plan(
            feeds={source.id: source for source in loaded.feeds},
            channels=hired.channels,
            operator=settings.operator.channels,
            concurrency=settings.poll.concurrency,
            owner=hired.owner,
            duties=duties,
            feed_trouble=TroubleLimits(failing=settings.operator.feed_failing, silent=settings.operator.feed_silent),
            desk=hired.desk,
            retention=retention_of(loaded),
        ),
    )
