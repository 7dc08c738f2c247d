# One image for every part of the warehouse: Airflow, its workers, the `htx` command. docker-compose.yml names the parts.
# Tags are exact versions; `docs/operations.md` says how to pin the digest of the day as well.
ARG PYTHON=python:3.11.14-slim-bookworm

FROM ${PYTHON} AS built
RUN apt-get update \
    && apt-get install --yes --no-install-recommends build-essential \
    && rm -rf /var/lib/apt/lists/*
RUN python -m venv /opt/htx/venv
ENV PATH=/opt/htx/venv/bin:$PATH PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
COPY requirements-cluster.lock /opt/htx/
RUN pip install --requirement /opt/htx/requirements-cluster.lock
COPY . /opt/htx/warehouse
# Editable: the DAGs, the dbt project and the data files lie beside the code and are found from there.
RUN pip install --no-deps --editable /opt/htx/warehouse \
    && python -m compileall -q /opt/htx/warehouse \
    && pip uninstall --yes setuptools pip \
    && chmod -R a-w /opt/htx

FROM ${PYTHON}
# PostgreSQL's client makes and restores the dumps of `htx backup`; it is of the server's version.
RUN apt-get update \
    && apt-get install --yes --no-install-recommends postgresql-client-15 \
    && rm -rf /var/lib/apt/lists/* \
    && groupadd --gid 10001 htx \
    && useradd --uid 10001 --gid htx --no-create-home --home-dir /tmp --shell /usr/sbin/nologin htx \
    && install --directory --owner htx --group htx --mode 0750 /var/lib/htx /backups
COPY --from=built /opt/htx /opt/htx
ARG HTX_COMMIT=unknown
# The file system is read-only: what a process keeps for itself goes to /tmp, all data to HTX_HOME.
ENV PATH=/opt/htx/venv/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    HOME=/tmp \
    AIRFLOW_HOME=/tmp/airflow \
    HTX_COMMIT=${HTX_COMMIT} \
    HTX_HOME=/var/lib/htx
USER 10001:10001
WORKDIR /opt/htx/warehouse
VOLUME /var/lib/htx
CMD ["htx", "--help"]
