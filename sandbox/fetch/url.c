/*
 * url.c - the transfer itself, with libcurl
 *
 * The only file that includes libcurl's header.  What arrives goes to
 * DEST.part; the sum is taken over the finished file, so that a continued
 * download is checked like any other.
 */
#include "sandbox/base/hash.h"
#include "sandbox/fetch/private.h"
#include <curl/curl.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
	CONNECT_SECONDS = 20,
	STALL_SECONDS = 30, /* this long below STALL_RATE bytes/s ends the try */
	STALL_RATE = 100,
	REDIRECTS_MAX = 8,
	HTTP_NOT_FOUND = 404,
	HTTP_GONE = 410,
	HTTP_NO_SUCH_RANGE = 416,
	HTTP_PARTIAL = 206,
};

struct fetch_client {
	CURL *curl;
};

/* One transfer under way. */
struct transfer {
	struct fetch_client *client;
	const struct fetch_job *job;
	int fd;
	int64_t start;    /* bytes that an earlier try left */
	int64_t have;     /* bytes in the file now */
	int64_t received; /* over the network, this time */
	char range[32];
	bool begun; /* the first body byte has come */
	bool too_big;
	int file_errno;
	void (*progress)(void *arg, int64_t bytes);
	void *arg;
};

char *
fetch_part_name(const struct fetch_job *job)
{
	return xasprintf("%s.part", job->dest);
}

struct fetch_client *
fetch_client_new(void)
{
	struct fetch_client *client = xcalloc(1, sizeof *client);

	curl_global_init(CURL_GLOBAL_DEFAULT);
	client->curl = curl_easy_init();
	return client;
}

void
fetch_client_free(struct fetch_client *client)
{
	if (client == NULL)
		return;
	curl_easy_cleanup(client->curl);
	curl_global_cleanup();
	free(client);
}

/* At the first byte: does the server continue, or does it send all from the start? */
static int
begin_body(struct transfer *t)
{
	long status = 0;

	t->begun = true;
	curl_easy_getinfo(t->client->curl, CURLINFO_RESPONSE_CODE, &status);
	if (t->start == 0 || status == HTTP_PARTIAL || status == 0)
		return 0;
	t->have = t->start = 0;
	if (ftruncate(t->fd, 0) < 0 || lseek(t->fd, 0, SEEK_SET) < 0) {
		t->file_errno = errno;
		return -1;
	}
	return 0;
}

static size_t
on_data(char *data, size_t one, size_t len, void *arg)
{
	struct transfer *t = arg;

	(void)one;
	if (!t->begun && begin_body(t) < 0)
		return 0;
	if (t->job->size >= 0 && t->have + (int64_t)len > t->job->size) {
		t->too_big = true;
		return 0;
	}
	if (fd_write_all(t->fd, data, len) < 0) {
		t->file_errno = errno;
		return 0;
	}
	t->have += (int64_t)len;
	t->received += (int64_t)len;
	if (t->progress != NULL)
		t->progress(t->arg, t->have);
	return len;
}

static void
set_options(struct transfer *t, char *message)
{
	CURL *c = t->client->curl;

	curl_easy_reset(c);
	curl_easy_setopt(c, CURLOPT_URL, t->job->url);
	curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, "http,https,file");
	curl_easy_setopt(c, CURLOPT_REDIR_PROTOCOLS_STR, "http,https");
	curl_easy_setopt(c, CURLOPT_FOLLOWLOCATION, 1L);
	curl_easy_setopt(c, CURLOPT_MAXREDIRS, (long)REDIRECTS_MAX);
	curl_easy_setopt(c, CURLOPT_FAILONERROR, 1L);
	curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(c, CURLOPT_CONNECTTIMEOUT, (long)CONNECT_SECONDS);
	curl_easy_setopt(c, CURLOPT_LOW_SPEED_TIME, (long)STALL_SECONDS);
	curl_easy_setopt(c, CURLOPT_LOW_SPEED_LIMIT, (long)STALL_RATE);
	curl_easy_setopt(c, CURLOPT_USERAGENT, "drydock/" VERSION);
	curl_easy_setopt(c, CURLOPT_ERRORBUFFER, message);
	curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, on_data);
	curl_easy_setopt(c, CURLOPT_WRITEDATA, t);
	/* Not RESUME_FROM: that fails where a server gives the whole file. */
	if (t->start > 0) {
		snprintf(t->range, sizeof t->range, "%" PRId64 "-", t->start);
		curl_easy_setopt(c, CURLOPT_RANGE, t->range);
	}
}

/* Is the part complete, with the right size and sum? */
static enum fetch_kind
verify(struct transfer *t, struct err *err)
{
	char sum[HASH_HEX + 1];

	if (t->job->size >= 0 && t->have != t->job->size) {
		err_set(err, ERR_CORRUPT, "%s has %" PRId64 " bytes instead of %" PRId64,
		    t->job->url, t->have, t->job->size);
		return FETCH_BAD;
	}
	if (t->job->sha256 == NULL)
		return FETCH_OK;
	if (lseek(t->fd, 0, SEEK_SET) < 0 || hash_fd(t->fd, sum, err) < 0)
		return FETCH_FILE;
	if (!str_eq(sum, t->job->sha256)) {
		err_set(err, ERR_CORRUPT, "%s has the SHA-256 sum %s instead of %s",
		    t->job->url, sum, t->job->sha256);
		return FETCH_BAD;
	}
	return FETCH_OK;
}

/* What curl's and the server's answer means. */
static enum fetch_kind
judge(struct transfer *t, CURLcode code, const char *message, struct err *err)
{
	long status = 0;

	curl_easy_getinfo(t->client->curl, CURLINFO_RESPONSE_CODE, &status);
	if (code == CURLE_OK)
		return verify(t, err);
	if (t->file_errno != 0) {
		errno = t->file_errno;
		err_sys(err, "writing %s", t->job->dest);
		return FETCH_FILE;
	}
	if (t->too_big) {
		err_set(err, ERR_CORRUPT,
		    "%s is bigger than the %" PRId64 " bytes it must have", t->job->url,
		    t->job->size);
		return FETCH_BAD;
	}
	err_set(err, ERR_SYS, "%s: %s", t->job->url,
	    *message != '\0' ? message : curl_easy_strerror(code));
	if (status == HTTP_NO_SUCH_RANGE && t->start > 0)
		return FETCH_BAD; /* what an earlier try left is not a part of this file
				   */
	if (status == HTTP_NOT_FOUND || status == HTTP_GONE ||
	    code == CURLE_FILE_COULDNT_READ_FILE)
		return FETCH_GONE;
	return FETCH_NET;
}

static enum fetch_kind
try_once(struct transfer *t, const char *part, struct err *err)
{
	char message[CURL_ERROR_SIZE] = "";
	struct stat st;
	cleanup_fd int fd = open(part, O_RDWR | O_CREAT | O_CLOEXEC, 0644);

	if (fd < 0 || fstat(fd, &st) < 0 || lseek(fd, 0, SEEK_END) < 0) {
		err_sys(err, "opening %s", part);
		return FETCH_FILE;
	}
	t->fd = fd;
	t->begun = t->too_big = false;
	t->start = t->have = st.st_size;
	if (t->start > 0 && t->start == t->job->size)
		return verify(t, err);
	set_options(t, message);
	return judge(t, curl_easy_perform(t->client->curl), message, err);
}

enum fetch_kind
fetch_url(struct fetch_client *client, const struct fetch_job *job,
    void (*progress)(void *arg, int64_t bytes), void *arg, int64_t *ret_network,
    struct err *err)
{
	struct transfer t = {
	    .client = client, .job = job, .fd = -1, .progress = progress, .arg = arg};
	cleanup_free char *part = fetch_part_name(job);
	enum fetch_kind kind = try_once(&t, part, err);

	if (kind == FETCH_BAD)
		unlink(part);
	if (kind == FETCH_BAD && t.start > 0)
		kind =
		    try_once(&t, part, err); /* the old part was to blame: anew, once */
	if (kind == FETCH_BAD)
		unlink(part);
	if (kind == FETCH_OK && rename(part, job->dest) < 0) {
		err_sys(err, "renaming %s", part);
		kind = FETCH_FILE;
	}
	if (ret_network != NULL)
		*ret_network = t.received;
	return kind;
}
