"""Scrapy settings: polite, explicit, and the joint where configuration enters the crawl.

Scrapy executes this module as configuration; it is the only one of the room that reads `config`.
Our own settings start with ZX_ and are plain strings and numbers.
"""

from scrapy.settings import default_settings

from config import load_config

_config = load_config()
# A gateway or replica on this machine needs no pauses, unless the operator asked for some.
_pauses = not _config.upstream or "delay" in _config.crawl.model_fields_set
_contact = f" (+{_config.crawl.contact})" if _config.crawl.contact else ""

ZX_NOW = _config.now.isoformat() if _config.now else ""
ZX_UPSTREAM = _config.upstream
ZX_DATA = str(_config.data)
ZX_DATABASE = str(_config.database)
ZX_DAYS = _config.crawl.days
ZX_BROWSER = _config.crawl.browser
ZX_BROWSER_PATH = _config.crawl.browser_path
ZX_BROWSER_CDP_URL = _config.crawl.browser_cdp_url
ZX_PICTURES = _config.evidence.pictures
ZX_EVIDENCE_MIB = _config.evidence.max_mib if _config.evidence.keep else 0
ZX_OPERATOR_SOURCES = str(_config.operator_sources or "")
ZX_PROGRESS = 0
# On a machine that visits for another: the file that the visit writes, what it may hold, the one
# that says until when it may ask, and the platforms of hosts that the other's catalogue knows.
ZX_AWAY = ""
ZX_PERMISSION = ""
ZX_AWAY_MIB = 64
ZX_HOSTS = ""
ZX_OCR = _config.ocr.enabled
ZX_ATTACHMENTS = _config.crawl.attachments
ZX_SITE_MIB = _config.crawl.site_mib
ZX_ATTACHMENT_MB = _config.crawl.attachment_mb
# Documents and scans of them; programs, films and web pages are only linked.
ZX_ATTACHMENT_TYPES = [
    *("pdf", "doc", "docx", "xls", "xlsx", "ppt", "pptx", "wps", "et", "ofd", "rtf", "txt", "csv"),
    *("dot", "dotx", "docm", "xlsm", "xlsb", "pptm", "pps", "ppsx", "wpt", "ett", "dps", "ceb"),
    *("odt", "ods", "odp", "zip", "rar", "7z", "gz", "jpg", "jpeg", "png", "gif", "bmp", "tif"),
    *("tiff", "webp", "mht"),
]
# Who we are: said to every site that does not need an ordinary browser's name, and by the
# bundled browser to all of them.
ZX_USER_AGENT = f"Zhengxun/0.1{_contact}"
# Sites that answer only to ordinary browsers get this one (catalogue: user_agent = "browser").
ZX_BROWSER_USER_AGENT = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/156.0.0.0 Safari/537.36"
)

BOT_NAME = "zhengxun"
SPIDER_MODULES = ["crawlers.spiders"]
SPIDER_LOADER_CLASS = "crawlers.loader.CatalogueSpiderLoader"

# Politeness
USER_AGENT = ZX_USER_AGENT
ROBOTSTXT_OBEY = True
ROBOTSTXT_USER_AGENT = "Zhengxun"
CONCURRENT_REQUESTS = 4
CONCURRENT_REQUESTS_PER_DOMAIN = 1
DOWNLOAD_DELAY = _config.crawl.delay if _pauses else 0
AUTOTHROTTLE_ENABLED = _pauses
AUTOTHROTTLE_START_DELAY = _config.crawl.delay
AUTOTHROTTLE_TARGET_CONCURRENCY = 1.0

# Patience and limits. MIIT's search API was reported slow from afar: 60 s and three tries.
DOWNLOAD_TIMEOUT = 60
DOWNLOAD_MAXSIZE = 20 * 1024 * 1024
DOWNLOAD_WARNSIZE = 10 * 1024 * 1024
RETRY_ENABLED = True
RETRY_TIMES = 2
RETRY_HTTP_CODES = [408, 429, 500, 502, 503, 504, 522, 524]
REDIRECT_MAX_TIMES = 8
MEMUSAGE_LIMIT_MB = 1024
MEMUSAGE_CHECK_INTERVAL_SECONDS = 5.0
# A page that somebody on the way could alter is no source. A host with an incomplete chain or old
# ciphers is excepted by name: tls = "lenient" in the catalogue.
DOWNLOAD_VERIFY_CERTIFICATES = True

# What is asked, and how
COOKIES_ENABLED = True
DEFAULT_REQUEST_HEADERS = {
    "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
    "Accept-Language": "zh-CN,zh;q=0.9,en;q=0.5",
    # Without it a page with only Last-Modified counts as fresh for a tenth of its age.
    "Cache-Control": "max-age=0",
}
HTTPPROXY_ENABLED = not _config.upstream

# Conditional requests: an unchanged page costs the publisher one 304.
HTTPCACHE_ENABLED = True
HTTPCACHE_DIR = str(_config.data / "httpcache")
HTTPCACHE_STORAGE = "crawlers.page_cache.SealedCacheStorage"
HTTPCACHE_POLICY = "crawlers.revalidation.RevalidationPolicy"
HTTPCACHE_GZIP = True

DOWNLOAD_HANDLERS = {
    "http": "crawlers.upstream.UpstreamDownloadHandler",
    "https": "crawlers.upstream.UpstreamDownloadHandler",
    "file": None,
    "ftp": None,
    "s3": None,
    "data": None,
}
DOWNLOADER_MIDDLEWARES = {
    "scrapy.downloadermiddlewares.offsite.OffsiteMiddleware": None,
    "scrapy.downloadermiddlewares.robotstxt.RobotsTxtMiddleware": None,
    "scrapy.downloadermiddlewares.cookies.CookiesMiddleware": None,
    "scrapy.downloadermiddlewares.httpcache.HttpCacheMiddleware": None,
    "scrapy.downloadermiddlewares.redirect.MetaRefreshMiddleware": None,
    "pipelines.away.taking_in.TakingIn": 10,
    "crawlers.guard.GuardMiddleware": 20,
    "crawlers.robots.SiteRobotsMiddleware": 100,
    # After redirects and decompression, before retries: sees the final page of every status.
    "crawlers.walls.WallMiddleware": 570,
    "crawlers.refresh.RefreshMiddleware": 580,
    "crawlers.truncation.WholePageMiddleware": 587,
    # Right after decompression (590): nobody reads a file as a page.
    "crawlers.file_answers.FileAnswersMiddleware": 588,
    # After all who change what is asked: counts what comes, unpacked.
    "pipelines.day_allowance.DayAllowanceMiddleware": 583,
    # Before all who judge, after decompression (590): sees what a wall hides from the spider.
    "pipelines.evidence.middleware.EvidenceMiddleware": 585,
    # Only while sites are checked (ZX_GLANCE), or recorded (ZX_RECORD): see crawlers.glance.
    "crawlers.glance.GlanceMiddleware": 586,
    "pipelines.away.recording.RecordEvidence": 584,
    "crawlers.cookies.OfflineCookiesMiddleware": 700,
    "crawlers.revalidation.RevalidationMiddleware": 900,
    # Next to the network: what came cut must not be kept as a page.
    "crawlers.truncation.WholeStreamMiddleware": 950,
    # Nothing is nearer: answers are recorded as they came.
    "crawlers.recording.RecordingMiddleware": 990,
}
SPIDER_MIDDLEWARES = {
    "pipelines.away.taking_in.TakingIn": 100,
    "pipelines.known_rows.KnownRowsMiddleware": 500,
}
ITEM_PIPELINES = {
    "pipelines.away.recording.RecordItems": 100,
    "pipelines.single_page.SinglePagePipeline": 200,
    "pipelines.normalise.NormalisePipeline": 300,
    "pipelines.download.DownloadPipeline": 600,
    "pipelines.store.StorePipeline": 800,
}
# Scrapy's own, but for those not used: it loads even what is switched off, and one of them brings a
# web server.
_not_used = {"remote_control", "telnet", "memdebug", "logstats", "spiderstate", "memusage"}
EXTENSIONS_BASE = {
    name: order
    for name, order in default_settings.EXTENSIONS_BASE.items()
    if name.split(".")[-2] not in _not_used
}
EXTENSIONS = {
    "crawlers.memory_limit.OwnMemoryUsage": 0,
    "crawlers.log_redaction.LogRedactionExtension": 50,
    "pipelines.monitor.MonitorExtension": 100,
    "pipelines.away.recording.RecordExtension": 105,
    "pipelines.column_history.HistoryExtension": 110,
    "pipelines.learning.known_notices.KnownNoticesExtension": 120,
    "pipelines.learning.learned_selectors.LearnedReadersExtension": 130,
    "pipelines.learning.missing_numbers.MissingNumbersExtension": 140,
    "pipelines.revisit.RevisitExtension": 150,
    "pipelines.learning.witnesses.WitnessExtension": 160,
    "crawlers.progress.ProgressExtension": 200,
}

# Nothing listens, nothing is left open
TELNETCONSOLE_ENABLED = False
REMOTE_CONTROL_ENABLED = False
TWISTED_REACTOR = "twisted.internet.asyncioreactor.AsyncioSelectorReactor"
LOG_LEVEL = "INFO"
LOGSTATS_INTERVAL = 0
