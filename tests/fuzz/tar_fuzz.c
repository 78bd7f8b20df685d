/*
 * tar_fuzz.c - any bytes as the stream of files that COPY and ADD put below a root
 *
 * What must hold: nothing crashes or leaks, an error has words, and nothing outside of
 * the root is touched.  The root is a folder in /dev/shm, emptied each time.
 */
#include "sandbox/build/private.h"
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct build_copy copies[] = {
	    {.dest = "/"}, {.dest = "/a/b/"}, {.dest = "/f", .chmod = "0750"}};
	char dir[] = "/dev/shm/tar-fuzz-XXXXXX";
	struct err err = ERR_INIT;
	struct stat before, after;

	if (size == 0 || mkdtemp(dir) == NULL)
		return 0;
	cleanup_free char *inside = xasprintf("%s/root", dir);
	if (mkdir(inside, 0755) < 0 || stat(dir, &before) < 0)
		abort();
	cleanup_fd int root = open(inside, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	cleanup_fd int in = memfd_create("tar", MFD_CLOEXEC);
	if (fd_write_all(in, data + 1, size - 1) < 0 || lseek(in, 0, SEEK_SET) < 0)
		abort();
	if (build_apply(in, root, &copies[data[0] % ARRAY_LEN(copies)], true, -1, &err) <
		0 &&
	    err.text[0] == '\0')
		abort();
	lseek(in, 0, SEEK_SET);
	(void)build_is_tar(in);
	if (stat(dir, &after) < 0 || before.st_nlink != after.st_nlink)
		abort();
	(void)fd_remove_tree(AT_FDCWD, dir);
	return 0;
}
