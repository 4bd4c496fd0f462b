/* Every Windows that Rust supports has this library; older Wines, Debian 12's among them, have not. For
   them, the function of it that Rust's standard library takes random numbers from. It lies beside the
   program where that is tried under such a Wine, and is handed out to nobody. */
#include <windows.h>
#include <ntsecapi.h>

__declspec(dllexport) BOOL WINAPI ProcessPrng(PBYTE data, SIZE_T length)
{
    return RtlGenRandom(data, (ULONG)length);
}
