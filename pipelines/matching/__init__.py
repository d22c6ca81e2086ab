"""Whether two pages are one document; `pipelines.dedupe` asks in order of trust."""
