"""Celery as this program uses it: one task, the visit of a site, in queues by what it needs.

A message holds the visit's key and nothing else; what is told of the site comes with the claim. So
a message that is lost, late, doubled or forged does nothing that its visit does not allow.
"""

from __future__ import annotations

from typing import Any

from celery import Celery
from kombu.exceptions import KombuError, OperationalError

from app.fleet.envelope import name_of
from app.fleet.link import PRIORITIES, LinkError
from config import Config

VISIT = "zhengxun.visit"
# A message that nobody acknowledged comes again after so long; its visit is claimed by then.
SPARE_SECONDS = 600


def fleet_app(config: Config, **options: Any) -> Celery:
    """The Celery application of an installation, for both ends."""
    app = Celery("zhengxun", broker=config.fleet.broker, set_as_current=False)
    app.conf.update(
        task_acks_late=True,
        task_reject_on_worker_lost=True,
        task_acks_on_failure_or_timeout=True,
        task_ignore_result=True,
        task_serializer="json",
        accept_content=["json"],
        task_default_queue="crawl",
        task_create_missing_queues=True,
        worker_prefetch_multiplier=1,
        worker_hijack_root_logger=False,
        worker_send_task_events=False,
        worker_enable_remote_control=False,
        worker_cancel_long_running_tasks_on_connection_loss=False,
        broker_connection_retry_on_startup=True,
        broker_connection_max_retries=None,
        broker_connection_timeout=5,
        broker_transport_options={
            "global_keyprefix": f"zx:{name_of(config.fleet_key.get_secret_value())}:",
            "visibility_timeout": int(config.crawl.timeout + SPARE_SECONDS),
            "priority_steps": list(PRIORITIES),
            "queue_order_strategy": "priority",
            "socket_timeout": 10,
            "socket_connect_timeout": 5,
        },
        **options,
    )
    return app


class Sender:
    """Offers visits to the workers of a queue."""

    def __init__(self, config: Config) -> None:
        self.app = fleet_app(config)

    def send(self, key: str, queue: str, priority: int) -> None:
        """Raises LinkError."""
        try:
            self.app.send_task(VISIT, [key], queue=queue, priority=priority, retry=False)
        except (KombuError, OperationalError, OSError) as error:
            raise LinkError("连不上消息代理") from error
        except Exception as error:
            if type(error).__module__.startswith("redis."):
                raise LinkError("消息代理已满或出错") from error
            raise
