# tdl on its own: docker build -t tdl . && docker run --rm -v "$PWD:/project" tdl check .
FROM python:3.12-slim AS build
WORKDIR /source
COPY pyproject.toml README.md LICENSE ./
COPY grammars grammars
COPY docs/reference/diagnostics docs/reference/diagnostics
COPY tdl tdl
RUN python -m pip wheel --no-cache-dir --wheel-dir /wheels ".[xml]"

FROM python:3.12-slim
COPY --from=build /wheels /wheels
# the wheels of the first stage are the only ones there are
# hadolint ignore=DL3013
RUN python -m pip install --no-cache-dir --no-index --find-links /wheels "tdl-compiler[xml]" \
    && rm -r /wheels \
    && useradd --create-home --uid 10001 tdl
# by number, so that whoever runs it can tell that it is not root
USER 10001
WORKDIR /project
ENTRYPOINT ["tdl"]
CMD ["--help"]
