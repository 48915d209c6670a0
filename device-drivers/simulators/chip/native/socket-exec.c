/*
 * socket-exec SOCKET PROGRAM ARGUMENTS…: starts a program with a listening socket in descriptor 3, as systemd would.
 * So a PC/SC service of one's own runs beside the machine's, without root: pcscd takes the socket it is given. It ends
 * with whoever started it, however that ends.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

int main(int count, char **arguments) {
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  char pid[24];
  if (count < 3 || strlen(arguments[1]) >= sizeof address.sun_path) return 2;
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  strcpy(address.sun_path, arguments[1]);
  unlink(address.sun_path);
  int listening = socket(AF_UNIX, SOCK_STREAM, 0);
  if (listening < 0 || bind(listening, (struct sockaddr *)&address, sizeof address) != 0 || listen(listening, 16) != 0) {
    perror("socket-exec");
    return 1;
  }
  if (listening != 3) {
    dup2(listening, 3);
    close(listening);
  }
  snprintf(pid, sizeof pid, "%d", (int)getpid());
  setenv("LISTEN_PID", pid, 1);
  setenv("LISTEN_FDS", "1", 1);
  execvp(arguments[2], arguments + 2);
  perror(arguments[2]);
  return 127;
}
