/*
 * pump.c - decompress, count, hash, hand on  [crypto]
 *
 * libarchive's filters for the formats that layers come in, and never those that start
 * a program.  The bound is a ratio above a floor: a stream of zeros is a bomb.
 */
#include "sandbox/store/pump.h"
#include "sandbox/base/hash.h"
#include "sandbox/store/limits.h"
#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <unistd.h>

static int
wrong(struct archive *a, struct err *err)
{
	const char *why = archive_error_string(a);

	return err_set(err, ERR_CORRUPT, "cannot decompress the layer: %s",
	    why != NULL ? why : "unknown error");
}

static int
check_ratio(struct archive *a, int64_t total, struct err *err)
{
	int64_t in = archive_filter_bytes(a, -1);

	if (total > LIMIT_TOTAL ||
	    (total > LIMIT_FLOOR && total / LIMIT_RATIO > (in > 0 ? in : 1)))
		return err_set(err, ERR_LIMIT,
		    "the layer grows beyond all measure: %lld bytes from %lld",
		    (long long)total, (long long)in);
	return 0;
}

static int
hand_on(struct pump *p, struct hash *h, const char *data, size_t len, struct err *err)
{
	hash_add(h, data, len);
	if (p->keep >= 0 && fd_write_all(p->keep, data, len) < 0)
		return err_sys(err, "cannot keep the layer's bytes");
	if (fd_write_all(p->out, data, len) < 0)
		return err_sys(err, "cannot hand the layer on");
	return 0;
}

static int
flow(struct archive *a, struct pump *p, struct hash *h, struct err *err)
{
	char block[65536];
	int64_t total = 0;

	for (;;) {
		la_ssize_t n = archive_read_data(a, block, sizeof block);

		if (n == ARCHIVE_RETRY)
			continue;
		if (n < 0)
			return wrong(a, err);
		if (n == 0)
			return 0;
		total += n;
		if (check_ratio(a, total, err) < 0 ||
		    hand_on(p, h, block, (size_t)n, err) < 0)
			return -1;
	}
}

static int
open_input(struct archive *a, int fd, struct err *err)
{
	archive_read_support_filter_gzip(a);
	archive_read_support_filter_bzip2(a);
	archive_read_support_filter_xz(a);
	archive_read_support_filter_lzma(a);
	archive_read_support_filter_zstd(a);
	archive_read_support_filter_lz4(a);
	archive_read_support_filter_compress(a);
	archive_read_support_format_raw(a);
	archive_read_support_format_empty(a);
	return archive_read_open_fd(a, fd, 65536) == ARCHIVE_OK ? 0 : wrong(a, err);
}

int
pump_run(void *arg, struct err *err)
{
	struct pump *p = arg;
	struct archive *a = archive_read_new();
	struct archive_entry *entry;
	struct hash *h = hash_new();
	int rc, got;

	if (p->other >= 0)
		close(p->other);
	rc = open_input(a, p->in, err);
	if (rc == 0) {
		got = archive_read_next_header(a, &entry);
		if (got == ARCHIVE_OK)
			rc = flow(a, p, h, err);
		else if (got != ARCHIVE_EOF)
			rc = wrong(a, err);
	}
	hash_hex(h, p->hex);
	archive_read_free(a);
	return rc;
}
