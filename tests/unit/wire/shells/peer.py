"""What termineter, which nobody here wrote, reads from a meter: a program to run with the path of a serial port."""

from __future__ import annotations

import json
import sys

import serial
from c1218.connection import Connection  # type: ignore[import-untyped]

SETTINGS = {
    "parity": serial.PARITY_NONE,
    "baudrate": 9600,
    "bytesize": serial.EIGHTBITS,
    "xonxoff": False,
    "interCharTimeout": None,
    "rtscts": False,
    "timeout": 5,
    "stopbits": serial.STOPBITS_ONE,
    "dsrdtr": False,
    "writeTimeout": None,
}


def main(device: str) -> None:
    peer = Connection(device, c1218_settings={"nbrpkts": 8, "pktsize": 96}, serial_settings=SETTINGS)
    told = {
        "start": peer.start(),
        "login": peer.login("TESTER", 2, "OPEN SESAME".ljust(20)),
        "table 1": peer.get_table_data(1).hex(),
        "table 5": peer.get_table_data(5).hex(),
        "a part of table 5": peer.get_table_data(5, 10, 20).hex(),
    }
    peer.set_table_data(1, b"ANOTHER ONE HERE")
    peer.set_table_data(5, b"\xaa\xbb", offset=3)
    result, response = peer.run_procedure(3, False, b"\x01\x02\x03")
    told |= {"result": result, "response": response.hex(), "stop": peer.stop()}
    print(json.dumps(told))


if __name__ == "__main__":
    main(sys.argv[1])
