"""The shipped texts of alerts, as a command compiles them."""

from monitor.delivery.phrasebook import compile_phrasebooks
from monitor.settings.documents import read_documents, read_messages

DOCUMENTS, _ = read_documents()
TAXONOMY = DOCUMENTS.taxonomy
MESSAGES, _ = read_messages()
BOOKS = compile_phrasebooks(MESSAGES, DOCUMENTS.actors, DOCUMENTS.taxonomy).books
ENGLISH, SPANISH = BOOKS["en"], BOOKS["es"]
