# One image for web, gateway, worker and beat; the command chooses.
#   docker build -t stoa .
# The ordinary index gives torch with CUDA, which also runs on CPUs; for a smaller image name
# PyTorch's CPU index: docker build -t stoa --build-arg PIP_EXTRA_INDEX_URL=<index> .
FROM python:3.11-slim-bookworm AS build
ARG PIP_EXTRA_INDEX_URL=
WORKDIR /srv/stoa
RUN python -m venv /opt/venv
ENV PATH=/opt/venv/bin:$PATH PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
COPY pyproject.toml constraints.txt README.md ./
RUN pip install --constraint constraints.txt --editable .

FROM python:3.11-slim-bookworm
RUN useradd --create-home --uid 10001 stoa && mkdir -p /var/lib/stoa && chown stoa /var/lib/stoa
COPY --from=build /opt/venv /opt/venv
COPY --chown=stoa . /srv/stoa
WORKDIR /srv/stoa
ENV PATH=/opt/venv/bin:$PATH PYTHONUNBUFFERED=1 STOA_DATA_DIR=/var/lib/stoa
USER stoa
VOLUME /var/lib/stoa
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=3s CMD python -c "import urllib.request as u; u.urlopen('http://127.0.0.1:8000/healthz', timeout=2)"
CMD ["gunicorn", "marketplace.wsgi", "--config", "python:marketplace.gunicorn_settings", "--bind", "0.0.0.0:8000"]
