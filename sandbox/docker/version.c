/*
 * version.c - docker version, docker info
 *
 * The names say whose words we speak; "drydock" in them says who speaks.
 */
#include "sandbox/docker/command.h"
#include <sys/sysinfo.h>
#include <sys/utsname.h>
#include <unistd.h>

#define API "1.49"

static json_t *
half(const char *release)
{
	struct utsname u = {.release = ""};

	uname(&u);
	return json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:s}", "Version", release,
	    "ApiVersion", API, "DefaultAPIVersion", API, "GitCommit", "drydock-" VERSION,
	    "Os", "linux", "Arch", docker_architecture(), "KernelVersion", u.release);
}

static int
print_formatted(const char *text, const json_t *data)
{
	cleanup_template struct format_template *t = NULL;
	cleanup_buf struct buf out = BUF_INIT(BUF_OURS);
	struct err err = ERR_INIT;

	t = format_template_parse(str_eq(text, "json") ? "{{json .}}" : text, &err);
	if (t == NULL) {
		docker_failed(&err);
		return 64;
	}
	if (format_template_exec(t, FORMAT_STRUCTS, data, NULL, &out, &err) < 0)
		return docker_failed(&err);
	buf_addc(&out, '\n');
	return docker_print(&out);
}

int
docker_version(struct docker *d)
{
	const char *text = opts_str(&d->opts, "format");
	cleanup_json json_t *data = json_pack(
	    "{s:o, s:o}", "Client", half(DOCKER_RELEASE), "Server", half(DOCKER_ENGINE));
	const char *arch = json_get_str(json_object_get(data, "Client"), "Arch", "");

	if (text != NULL && text[0] != '\0')
		return print_formatted(text, data);
	printf("Client:\n"
	       " Version:           %s\n"
	       " API version:       %s\n"
	       " Git commit:        drydock-%s\n"
	       " OS/Arch:           linux/%s\n"
	       " Context:           default\n\n"
	       "Server: Drydock %s\n"
	       " Engine:\n"
	       "  Version:          %s\n"
	       "  API version:      %s (minimum version %s)\n"
	       "  Git commit:       drydock-%s\n"
	       "  OS/Arch:          linux/%s\n",
	    DOCKER_RELEASE, API, VERSION, arch, VERSION, DOCKER_ENGINE, API, API, VERSION,
	    arch);
	return 0;
}

static int
count_all(struct docker *d, long long counts[3], long long *images, struct err *err)
{
	cleanup_session_images struct session_images list = {0};
	struct docker_row *rows = NULL;
	ssize_t n;

	if (docker_session(d, err) == NULL || session_images(d->session, &list, err) < 0)
		return -1;
	n = docker_rows(d->session, &rows, err);
	if (n < 0)
		return -1;
	for (ssize_t i = 0; i < n; i++)
		counts[rows[i].state.status]++;
	docker_rows_free(rows, (size_t)n);
	for (size_t i = 0; i < list.len; i++)
		*images +=
		    list.list[i].tags.len == 0 || !docker_is_ours(list.list[i].tags.v[0]);
	return 0;
}

int
docker_info(struct docker *d)
{
	const char *text = opts_str(&d->opts, "format");
	cleanup_json json_t *data = NULL;
	long long counts[3] = {0}, images = 0;
	struct err err = ERR_INIT;
	struct utsname u = {.release = ""};
	struct sysinfo mem = {.mem_unit = 1};
	char total[FORMAT_TEXT];

	if (count_all(d, counts, &images, &err) < 0)
		return docker_failed(&err);
	uname(&u);
	sysinfo(&mem);
	format_size_binary((double)mem.totalram * mem.mem_unit, total);
	data = json_pack("{s:I, s:I, s:I, s:I, s:I, s:s, s:s, s:s, s:s, s:s}",
	    "Containers", counts[0] + counts[1] + counts[2], "ContainersRunning",
	    counts[CONTAINER_RUNNING], "ContainersPaused", 0LL, "ContainersStopped",
	    counts[CONTAINER_CREATED] + counts[CONTAINER_EXITED], "Images", images,
	    "Driver", "overlay2", "KernelVersion", u.release, "OSType", "linux",
	    "ServerVersion", DOCKER_ENGINE, "DockerRootDir", store_home(d->store));
	if (text != NULL && text[0] != '\0')
		return print_formatted(text, data);
	printf(
	    "Client:\n Version:    %s\n Context:    default\n Debug Mode: false\n\n"
	    "Server:\n Containers: %lld\n  Running: %lld\n  Paused: 0\n  Stopped: %lld\n"
	    " Images: %lld\n Server Version: %s\n Storage Driver: overlay2\n"
	    " Logging Driver: json-file\n Security Options:\n  seccomp\n   Profile: "
	    "builtin\n  rootless\n"
	    " Kernel Version: %s\n OSType: linux\n Architecture: %s\n CPUs: %ld\n"
	    " Total Memory: %s\n Docker Root Dir: %s\n",
	    DOCKER_RELEASE, counts[0] + counts[1] + counts[2], counts[CONTAINER_RUNNING],
	    counts[CONTAINER_CREATED] + counts[CONTAINER_EXITED], images, DOCKER_ENGINE,
	    u.release, u.machine, sysconf(_SC_NPROCESSORS_ONLN), total,
	    store_home(d->store));
	return 0;
}
