# Two stages: the first installs from the hashed lock, the second holds only the installed environment.
# The commit is shown by /v1/version: docker build --build-arg ALLOT_COMMIT="$(git rev-parse HEAD)" .
# Pin the base image by its digest: --build-arg PYTHON_IMAGE=python:3.12-slim@sha256:… (docs/how-to/run-in-containers.md)
ARG PYTHON_IMAGE=python:3.12-slim
FROM ${PYTHON_IMAGE} AS build
WORKDIR /allot
RUN python -m venv /opt/allot
COPY requirements.lock ./
RUN /opt/allot/bin/pip install --no-cache-dir --disable-pip-version-check --require-hashes --no-deps -r requirements.lock
COPY pyproject.toml README.md LICENSE ./
COPY models models
COPY solvers solvers
COPY service service
# What only installs is not left in the environment that runs.
RUN /opt/allot/bin/pip install --no-cache-dir --disable-pip-version-check --no-deps --no-build-isolation . \
    && /opt/allot/bin/pip uninstall --yes setuptools pip

FROM ${PYTHON_IMAGE}
RUN useradd --system --uid 10001 --create-home allot && install -d -o allot -m 700 /data
COPY --from=build /opt/allot /opt/allot
USER 10001
WORKDIR /data
ARG ALLOT_COMMIT=
ENV PATH=/opt/allot/bin:$PATH PYTHONDONTWRITEBYTECODE=1 ALLOT_DATA_DIR=/data ALLOT_AUTHENTICATION=keys ALLOT_COMMIT=$ALLOT_COMMIT
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=15s --timeout=5s --start-period=30s CMD \
    ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/health/ready', timeout=4)"]
# Every request needs an API key. Create the first: docker run -v … allot keys add admin --grant "*:admin"
CMD ["allot", "serve", "--host", "0.0.0.0", "--port", "8000"]
