/*
 * Holds the PC/SC reader for the kiosk: frames on standard input and output, libpcsclite behind them.
 * A process of its own, because a reader's driver can hang or crash; whoever started it kills it then.
 * ../bridge-frames.ts has the other end. Built by set-up.sh: cc -O2 -o … pcsc-bridge.c -lpcsclite -lpthread
 *
 * Frame: type (1 byte), length of the body (3 bytes, big-endian), body.
 */
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <winscard.h>

enum { CONNECT = 1, TRANSMIT = 2, DISCONNECT = 3 };
enum { SERVICE = 16, READERS = 17, ANSWER = 18, FAILED = 19, ALIVE = 20 };
/* What is in a reader. */
enum { PRESENT = 1, MUTE = 2, IN_USE = 4 };

#define MAX_BODY 65600
#define MAX_READERS 16
#define WATCH_MS 1000
#define RETRY_US 500000

static pthread_mutex_t output = PTHREAD_MUTEX_INITIALIZER;

static void write_all(const uint8_t *bytes, size_t length) {
  while (length > 0) {
    ssize_t written = write(STDOUT_FILENO, bytes, length);
    if (written <= 0) _exit(0);
    bytes += written;
    length -= (size_t)written;
  }
}

static void send_frame(uint8_t type, const uint8_t *body, size_t length) {
  uint8_t head[4] = {type, (uint8_t)(length >> 16), (uint8_t)(length >> 8), (uint8_t)length};
  pthread_mutex_lock(&output);
  write_all(head, sizeof head);
  write_all(body, length);
  pthread_mutex_unlock(&output);
}

static void send_code(uint8_t type, LONG code) {
  uint32_t value = (uint32_t)code;
  uint8_t body[4] = {(uint8_t)(value >> 24), (uint8_t)(value >> 16), (uint8_t)(value >> 8), (uint8_t)value};
  send_frame(type, body, sizeof body);
}

/* For each reader: what is in it (1 byte), events so far (2 bytes), length of its name (1 byte), name. */
static void send_readers(const SCARD_READERSTATE *states, size_t count) {
  uint8_t body[MAX_READERS * (4 + MAX_READERNAME)];
  size_t at = 0;
  for (size_t i = 0; i < count; i++) {
    DWORD state = states[i].dwEventState;
    size_t length = strnlen(states[i].szReader, MAX_READERNAME - 1);
    body[at++] = (uint8_t)((state & SCARD_STATE_PRESENT ? PRESENT : 0) | (state & SCARD_STATE_MUTE ? MUTE : 0) |
                           (state & SCARD_STATE_EXCLUSIVE ? IN_USE : 0));
    body[at++] = (uint8_t)(state >> 24);
    body[at++] = (uint8_t)(state >> 16);
    body[at++] = (uint8_t)length;
    memcpy(body + at, states[i].szReader, length);
    at += length;
  }
  send_frame(READERS, body, at);
}

/* One life of the PC/SC service: returns when it is gone, with the reason. */
static LONG watch_service(SCARDCONTEXT context) {
  for (;;) {
    static char names[MAX_READERS * MAX_READERNAME + 1];
    DWORD length = sizeof names;
    memset(names, 0, sizeof names);
    LONG code = SCardListReaders(context, NULL, names, &length);
    if (code == SCARD_E_NO_READERS_AVAILABLE) names[0] = 0;
    else if (code != SCARD_S_SUCCESS) return code;

    SCARD_READERSTATE states[MAX_READERS + 1];
    memset(states, 0, sizeof states);
    size_t count = 0;
    for (char *name = names; *name && count < MAX_READERS; name += strlen(name) + 1) states[count++].szReader = name;
    /* A further "reader" that changes when readers come and go. */
    states[count].szReader = "\\\\?PnP?\\Notification";
    code = count > 0 ? SCardGetStatusChange(context, 0, states, (DWORD)count) : SCARD_S_SUCCESS;
    if (code == SCARD_E_UNKNOWN_READER) continue;
    if (code != SCARD_S_SUCCESS && code != SCARD_E_TIMEOUT) return code;
    for (;;) {
      send_readers(states, count);
      for (size_t i = 0; i < count; i++) states[i].dwCurrentState = states[i].dwEventState;
      do {
        code = SCardGetStatusChange(context, WATCH_MS, states, (DWORD)count + 1);
        send_frame(ALIVE, NULL, 0);
      } while (code == SCARD_E_TIMEOUT);
      if (code == SCARD_E_UNKNOWN_READER || code == SCARD_E_READER_UNAVAILABLE) break;
      if (code != SCARD_S_SUCCESS) return code;
      if (states[count].dwEventState & SCARD_STATE_CHANGED) break;
    }
  }
}

static void *watch(void *unused) {
  (void)unused;
  for (;;) {
    SCARDCONTEXT context;
    LONG code = SCardEstablishContext(SCARD_SCOPE_SYSTEM, NULL, NULL, &context);
    if (code == SCARD_S_SUCCESS) {
      send_code(SERVICE, code);
      code = watch_service(context);
      SCardReleaseContext(context);
    }
    send_code(SERVICE, code);
    usleep(RETRY_US);
  }
  return NULL;
}

static SCARDCONTEXT card_context;
static SCARDHANDLE card;
static DWORD protocol;
static int has_context, has_card;
/* Commands were sent since the card was last powered up. */
static int used;

static void release(DWORD disposition) {
  if (has_card) SCardDisconnect(card, disposition);
  if (has_context) SCardReleaseContext(card_context);
  has_card = has_context = 0;
}

static LONG send_atr(void) {
  uint8_t atr[MAX_ATR_SIZE];
  DWORD length = sizeof atr;
  LONG code = SCardStatus(card, NULL, NULL, NULL, NULL, atr, &length);
  if (code == SCARD_S_SUCCESS) send_frame(ANSWER, atr, length);
  return code;
}

/*
 * The card in a reader, from a cold reset. A context of its own for each: one that has outlived the service is of no
 * use. Exclusive: another program's commands would break secure messaging.
 * What is left of a lost card is let go as it is: pcscd, told to power down a card that is gone, takes the next one
 * for absent when it was laid within 400 ms.
 */
static LONG connect_card(const char *reader) {
  const DWORD any = SCARD_PROTOCOL_T0 | SCARD_PROTOCOL_T1;
  release(SCARD_LEAVE_CARD);
  LONG code = SCardEstablishContext(SCARD_SCOPE_SYSTEM, NULL, NULL, &card_context);
  if (code != SCARD_S_SUCCESS) return code;
  has_context = 1;
  code = SCardConnect(card_context, reader, SCARD_SHARE_EXCLUSIVE, any, &card, &protocol);
  if (code != SCARD_S_SUCCESS) return code;
  has_card = 1;
  if (used) {
    code = SCardReconnect(card, SCARD_SHARE_EXCLUSIVE, any, SCARD_UNPOWER_CARD, &protocol);
    if (code != SCARD_S_SUCCESS) return code;
    used = 0;
  }
  return send_atr();
}

static LONG transmit(const uint8_t *command, size_t length) {
  static uint8_t answer[MAX_BUFFER_SIZE_EXTENDED];
  DWORD answered = sizeof answer;
  if (!has_card) return SCARD_E_INVALID_HANDLE;
  used = 1;
  LONG code = SCardTransmit(card, protocol == SCARD_PROTOCOL_T0 ? SCARD_PCI_T0 : SCARD_PCI_T1, command, (DWORD)length,
                            NULL, answer, &answered);
  if (code == SCARD_S_SUCCESS) send_frame(ANSWER, answer, answered);
  return code;
}

/* 0 at the end of the input: whoever started this is gone. */
static int read_all(uint8_t *bytes, size_t length) {
  while (length > 0) {
    ssize_t got = read(STDIN_FILENO, bytes, length);
    if (got <= 0) return 0;
    bytes += got;
    length -= (size_t)got;
  }
  return 1;
}

int main(void) {
  static uint8_t body[MAX_BODY + 1];
  pthread_t watcher;
  if (pthread_create(&watcher, NULL, watch, NULL) != 0) return 1;
  uint8_t head[4];
  while (read_all(head, sizeof head)) {
    size_t length = (size_t)head[1] << 16 | (size_t)head[2] << 8 | head[3];
    if (length > MAX_BODY || !read_all(body, length)) break;
    body[length] = 0;
    LONG code = SCARD_S_SUCCESS;
    switch (head[0]) {
      case CONNECT:
        code = connect_card((const char *)body);
        if (code != SCARD_S_SUCCESS) release(SCARD_LEAVE_CARD);
        break;
      case TRANSMIT:
        code = transmit(body, length);
        break;
      case DISCONNECT:
        /* Power off, so that nothing that was opened on the card stays open for the next program. */
        release(SCARD_UNPOWER_CARD);
        used = 0;
        send_frame(ANSWER, NULL, 0);
        break;
      default:
        return 2;
    }
    if (code != SCARD_S_SUCCESS) send_code(FAILED, code);
  }
  release(SCARD_UNPOWER_CARD);
  /* Not return: the watcher may be waiting inside the library. */
  _exit(0);
}
