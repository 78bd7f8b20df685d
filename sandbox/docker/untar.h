/*
 * untar.h - an archive from outside, put into a folder of ours
 *
 * For `load` and for a build context on standard input.  Needs libarchive, so only
 * commands of the program `build` include it.  Private to the docker module.
 */
#ifndef DRYDOCK_DOCKER_UNTAR_H
#define DRYDOCK_DOCKER_UNTAR_H

#include "sandbox/store/store.h"

/* A folder that goes away with its owner. */
struct untar_folder {
	struct store *store;
	char name[64]; /* below DRYDOCK_HOME; "" when there is none */
	int fd;        /* for reading below it with fd_open_in */
};
#define UNTAR_FOLDER_INIT \
	{ \
		.fd = -1 \
	}
#define cleanup_untar __attribute__((cleanup(untar_folder_done)))
void untar_folder_done(struct untar_folder *f);

/* Unpacks the tar (compressed or not) that `fd` gives, after the `len` bytes already read
 * from it, into a new folder.  No entry gets outside it; files belong to us.  ERR_CORRUPT
 * when it is no tar, ERR_LIMIT when it is too big. */
int untar_folder(struct store *store, int fd, const char *head, size_t len,
    struct untar_folder *ret, struct err *err);

/* Do these first bytes look like a tar or a compressed file? */
bool untar_looks_like(const char *head, size_t len);

#endif
