/*
 * offline_test.c - the layer under images is made once, whole, and as the header says
 */
#include "sandbox/offline/offline.h"
#include "tests/unit/test.h"
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

struct place {
	char path[64];
	int dir;
};

static struct place
place_new(void)
{
	struct place p = {.path = "/tmp/offline-test.XXXXXX"};

	CHECK(mkdtemp(p.path) != NULL);
	p.dir = open(p.path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	CHECK(p.dir >= 0);
	return p;
}

static void
place_done(struct place *p)
{
	close(p->dir);
	fd_remove_tree(AT_FDCWD, p->path);
}

static mode_t
mode_of(int dir, const char *name)
{
	struct stat st;

	return fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) == 0 ? st.st_mode : 0;
}

static void
has_mount_points(void)
{
	static const char *const folders[] = {"dev", "proc", "sys", "etc"};
	static const char *const files[] = {
	    "etc/hosts", "etc/hostname", "etc/resolv.conf"};
	struct place p = place_new();
	cleanup_free char *name = NULL;
	cleanup_fd int under = -1;

	umask(077);
	name = offline_under(p.dir, getuid(), false, NULL);
	CHECK_STR(name, ".under-plain");
	under = openat(p.dir, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	CHECK_INT(mode_of(p.dir, name), S_IFDIR | 0755);
	for (size_t i = 0; i < ARRAY_LEN(folders); i++)
		CHECK(S_ISDIR(mode_of(under, folders[i])));
	for (size_t i = 0; i < ARRAY_LEN(files); i++)
		CHECK_INT(mode_of(under, files[i]), S_IFREG | 0644);
	CHECK_INT(mode_of(under, "etc/pip.conf"), 0);
	umask(022);
	place_done(&p);
}

static void
wheels_bring_pip_conf(void)
{
	struct place p = place_new();
	cleanup_free char *name = offline_under(p.dir, getuid(), true, NULL);
	cleanup_buf struct buf text = BUF_INIT(4096);

	CHECK_STR(name, ".under-wheels");
	CHECK(fd_read_file(p.dir, ".under-wheels/etc/pip.conf", &text, NULL) == 0);
	CHECK_STR(
	    text.s, "[global]\nno-index = true\nfind-links = /dev/drydock/wheels\n");
	place_done(&p);
}

static void
is_made_once(void)
{
	struct place p = place_new();
	struct stat first, second;

	free(offline_under(p.dir, getuid(), true, NULL));
	CHECK(fstatat(p.dir, ".under-wheels", &first, 0) == 0);
	free(offline_under(p.dir, getuid(), true, NULL));
	CHECK(fstatat(p.dir, ".under-wheels", &second, 0) == 0);
	CHECK(first.st_ino == second.st_ino);
	place_done(&p);
}

static int
count_names(int dir)
{
	cleanup_dir DIR *d =
	    fdopendir(openat(dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
	int n = 0;

	while (readdir(d) != NULL)
		n++;
	return n - 2;
}

static void
failure_leaves_nothing(void)
{
	struct place p = place_new();
	struct err err = ERR_INIT;
	cleanup_free char *name = NULL;

	CHECK(offline_under(-1, getuid(), true, &err) == NULL);
	CHECK(err.kind == ERR_SYS);
	CHECK_INT(count_names(p.dir), 0);
	name = offline_under(p.dir, getuid(), true, NULL);
	CHECK_INT(count_names(p.dir), 1);
	place_done(&p);
}

static void
root_gives_it_away(void)
{
	struct place p;
	struct stat st;

	if (geteuid() != 0)
		SKIP("only root can");
	p = place_new();
	free(offline_under(p.dir, 1879048192, true, NULL));
	CHECK(fstatat(p.dir, ".under-wheels", &st, 0) == 0 && st.st_uid == 1879048192);
	CHECK(fstatat(p.dir, ".under-wheels/etc/pip.conf", &st, 0) == 0);
	CHECK(st.st_uid == 1879048192 && st.st_gid == 1879048192);
	place_done(&p);
}

static void
wheels_or_none(void)
{
	struct place p = place_new();
	int fd;

	CHECK_INT(offline_wheels(p.dir), -1);
	CHECK(mkdirat(p.dir, "wheels", 0755) == 0);
	fd = offline_wheels(p.dir);
	CHECK(fd >= 0);
	close(fd);
	place_done(&p);
}

TEST_MAIN({"the layer has mount points, whatever the umask is", has_mount_points},
    {"the form for wheels has pip.conf", wheels_bring_pip_conf},
    {"a second call finds the first one's layer", is_made_once},
    {"a failure leaves nothing behind", failure_leaves_nothing},
    {"root gives it to the map's root", root_gives_it_away},
    {"the folder of wheels is opened when there is one", wheels_or_none})
