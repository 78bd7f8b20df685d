/*
 * info.c - docker info
 *
 * One object; the text is a table of its members, in docker/cli's order.
 */
#include "sandbox/docker/command.h"
#include <fcntl.h>
#include <stdlib.h>
#include <sys/sysinfo.h>
#include <sys/utsname.h>
#include <unistd.h>

struct counts {
	long long all, running, paused, images;
};

static int
count(struct docker *d, struct counts *c, struct err *err)
{
	cleanup_session_images struct session_images list = {0};
	struct docker_row *rows = NULL;
	ssize_t n;

	if (docker_session(d, err) == NULL || session_images(d->session, &list, err) < 0)
		return -1;
	n = docker_rows(d->session, &rows, err);
	if (n < 0)
		return -1;
	for (ssize_t i = 0; i < n; i++) {
		bool runs = rows[i].state.status == CONTAINER_RUNNING;

		c->all++;
		c->paused += runs && rows[i].state.paused;
		c->running += runs && !rows[i].state.paused;
	}
	docker_rows_free(rows, (size_t)n);
	for (size_t i = 0; i < list.len; i++)
		c->images +=
		    list.list[i].tags.len == 0 || !docker_is_ours(list.list[i].tags.v[0]);
	return 0;
}

/* PRETTY_NAME of os-release(5). */
static char *
system_name(void)
{
	cleanup_buf struct buf b = BUF_INIT(1 << 16);
	char *name;

	(void)fd_read_file(AT_FDCWD, "/etc/os-release", &b, NULL);
	name = strstr(b.s, "PRETTY_NAME=");
	if (name == NULL)
		return xstrdup("Linux");
	name += strlen("PRETTY_NAME=");
	name += strspn(name, "\"'");
	return xstrndup(name, strcspn(name, "\"'\n"));
}

static json_t *
make_info(struct docker *d, const struct counts *c)
{
	struct utsname u = {.release = ""};
	struct sysinfo mem = {.mem_unit = 1};
	cleanup_free char *os = system_name();

	uname(&u);
	sysinfo(&mem);
	return json_pack(
	    "{s:I, s:I, s:I, s:I, s:I, s:s, s:s, s:s, s:s, s:{s:[s], s:[sss], "
	    "s:[s]}, s:{s:s}, s:s, s:[ss], s:s, s:s, s:s, s:s, s:I, s:I, s:s, "
	    "s:s, s:s, s:b, s:b, s:b, s:[], s:{s:b, s:s, s:s}}",
	    "Containers", (json_int_t)c->all, "ContainersRunning", (json_int_t)c->running,
	    "ContainersPaused", (json_int_t)c->paused, "ContainersStopped",
	    (json_int_t)(c->all - c->running - c->paused), "Images",
	    (json_int_t)c->images, "ServerVersion", DOCKER_ENGINE, "Driver", "overlay2",
	    "LoggingDriver", "json-file", "CgroupDriver", "none", "Plugins", "Volume",
	    "local", "Network", "bridge", "host", "null", "Log", "json-file", "Swarm",
	    "LocalNodeState", "inactive", "DefaultRuntime", "drydock", "SecurityOptions",
	    "name=seccomp,profile=builtin", "name=rootless", "KernelVersion", u.release,
	    "OperatingSystem", os, "OSType", "linux", "Architecture", u.machine, "NCPU",
	    (json_int_t)sysconf(_SC_NPROCESSORS_ONLN), "MemTotal",
	    (json_int_t)mem.totalram * (json_int_t)mem.mem_unit, "Name", u.nodename,
	    "DockerRootDir", store_home(d->store), "IndexServerAddress",
	    "https://index.docker.io/v1/", "Debug", false, "ExperimentalBuild", false,
	    "LiveRestoreEnabled", false, "Warnings", "ClientInfo", "Debug", false,
	    "Version", DOCKER_RELEASE, "Context", "default");
}

static const char *
text_of(const json_t *info, const char *key)
{
	return json_get_str(info, key, "");
}

static int
print_info(const json_t *info)
{
	char memory[FORMAT_TEXT];

	format_size_binary((double)json_get_int(info, "MemTotal", 0), memory);
	printf("Client:\n Version:    %s\n Context:    default\n Debug Mode: false\n\n",
	    DOCKER_RELEASE);
	printf("Server:\n Containers: %lld\n  Running: %lld\n  Paused: %lld\n"
	       "  Stopped: %lld\n Images: %lld\n Server Version: %s\n"
	       " Storage Driver: overlay2\n Logging Driver: json-file\n"
	       " Cgroup Driver: none\n",
	    json_get_int(info, "Containers", 0),
	    json_get_int(info, "ContainersRunning", 0),
	    json_get_int(info, "ContainersPaused", 0),
	    json_get_int(info, "ContainersStopped", 0), json_get_int(info, "Images", 0),
	    DOCKER_ENGINE);
	printf(" Plugins:\n  Volume: local\n  Network: bridge host null\n"
	       "  Log: json-file\n Swarm: inactive\n Runtimes: drydock\n"
	       " Default Runtime: drydock\n Security Options:\n  seccomp\n"
	       "   Profile: builtin\n  rootless\n");
	printf(" Kernel Version: %s\n Operating System: %s\n OSType: linux\n"
	       " Architecture: %s\n CPUs: %lld\n Total Memory: %s\n Name: %s\n"
	       " Docker Root Dir: %s\n Debug Mode: false\n Experimental: false\n"
	       " Live Restore Enabled: false\n\n",
	    text_of(info, "KernelVersion"), text_of(info, "OperatingSystem"),
	    text_of(info, "Architecture"), json_get_int(info, "NCPU", 0), memory,
	    text_of(info, "Name"), text_of(info, "DockerRootDir"));
	return 0;
}

int
docker_info(struct docker *d)
{
	const char *text = opts_str(&d->opts, "format");
	struct counts c = {0};
	struct err err = ERR_INIT;

	if (count(d, &c, &err) < 0)
		return docker_failed(&err);
	cleanup_json json_t *info = make_info(d, &c);
	return text != NULL && text[0] != '\0'
		   ? docker_print_formatted(text, info, "system.dockerInfo")
		   : print_info(info);
}
