# tdl on its own: docker build -t tdl . && docker run --rm -v "$PWD:/project" tdl check .
FROM python:3.12-slim AS build
WORKDIR /source
COPY pyproject.toml README.md LICENSE ./
COPY grammars grammars
COPY tdl tdl
RUN python -m pip wheel --no-cache-dir --wheel-dir /wheels ".[xml]"

FROM python:3.12-slim
COPY --from=build /wheels /wheels
RUN python -m pip install --no-cache-dir --no-index --find-links /wheels "tdl-compiler[xml]" \
    && rm -r /wheels \
    && useradd --create-home tdl
USER tdl
WORKDIR /project
ENTRYPOINT ["tdl"]
CMD ["--help"]
