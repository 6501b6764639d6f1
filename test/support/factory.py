"""
The host of a factory that makes devices over the serial line of a board, as the script of ECC608-MassProvisioning does: one letter
or one line of PEM in each write, and a look at what came back behind each. Its certificates are OpenSSL's.

    factory.py PORT DIRECTORY
"""
import base64
import datetime
import hashlib
import os
import subprocess
import sys
import time

import serial

port_name, directory = sys.argv[1:]
os.chdir(directory)


def openssl(*arguments):
    subprocess.run(['openssl', *arguments], check=True, stderr=subprocess.DEVNULL)


def write(name, text):
    with open(name, 'w') as file:
        file.write(text)


def make_authorities():
    """Root and signer, as create_root.py and create_signer.py have them."""
    for name in ['root-ca', 'signer-ca']:
        openssl('ecparam', '-name', 'prime256v1', '-genkey', '-noout', '-out', name + '.key')
    openssl('req', '-x509', '-new', '-sha256', '-key', 'root-ca.key', '-subj', '/O=testcorp/CN=rootca', '-days', '9131',
            '-addext', 'subjectKeyIdentifier=hash', '-out', 'root-ca.crt')
    openssl('req', '-new', '-key', 'signer-ca.key', '-subj', '/O=testcorp/CN=signerca', '-out', 'signer-ca.csr')
    write('signer.cnf', 'basicConstraints=critical,CA:TRUE,pathlen:0\n'
          'keyUsage=critical,digitalSignature,keyCertSign,cRLSign\n'
          'subjectKeyIdentifier=hash\nauthorityKeyIdentifier=keyid\n')
    openssl('x509', '-req', '-sha256', '-in', 'signer-ca.csr', '-CA', 'root-ca.crt', '-CAkey', 'root-ca.key',
            '-set_serial', '0x4' + os.urandom(16).hex()[1:], '-days', '3652', '-extfile', 'signer.cnf',
            '-out', 'signer-ca.crt')
    openssl('x509', '-in', 'root-ca.crt', '-noout', '-pubkey', '-out', 'root-pub.pem')


def der_of(pem):
    return base64.b64decode(''.join(line for line in pem.splitlines() if not line.startswith('-----')))


def element(tag, content):
    length = len(content)
    if length < 0x80:
        return bytes([tag, length]) + content
    digits = length.to_bytes((length.bit_length() + 7) // 8, 'big')
    return bytes([tag, 0x80 | len(digits)]) + digits + content


def make_device(name, common_name):
    """
    OpenSSL issues it for the public key, and the factory's own rules come in by hand, which its commands have no options for:
    issued on the hour, valid for ever, and a serial number that is the hash of key and dates. Then OpenSSL signs what that is.
    """
    now = datetime.datetime.now(datetime.timezone.utc)
    key = der_of(open(name + '-device-pubkey.pem').read())[-64:]
    dates = bytes([
        (now.year - 2000) << 3 | now.month >> 1,
        (now.month & 1) << 7 | now.day << 2 | now.hour >> 3,
        (now.hour & 7) << 5,
    ])
    number = bytearray(hashlib.sha256(key + dates).digest()[:16])
    number[0] = number[0] & 0x7F | 0x40
    write('device.cnf', 'subjectKeyIdentifier=hash\nauthorityKeyIdentifier=keyid\n')
    openssl('req', '-new', '-key', 'signer-ca.key', '-subj', '/O=testcorp/CN=' + common_name, '-out', 'device.csr')
    openssl('x509', '-req', '-sha256', '-in', 'device.csr', '-force_pubkey', name + '-device-pubkey.pem',
            '-CA', 'signer-ca.crt', '-CAkey', 'signer-ca.key', '-set_serial', '0x' + number.hex(), '-days', '300000',
            '-extfile', 'device.cnf', '-outform', 'DER', '-out', 'draft.der')
    draft = open('draft.der', 'rb').read()
    # 30 82 LL LL, then the part that is signed, whose header is as long.
    signed = bytearray(draft[4:8 + int.from_bytes(draft[6:8], 'big')])
    start = signed.index(b'\x17\x0d', signed.index(b'signerca'))
    signed[start + 2:start + 15] = now.strftime('%y%m%d%H0000Z').encode()
    assert signed[start + 15:start + 17] == b'\x18\x0f'
    signed[start + 17:start + 32] = b'30001231235959Z'
    with open('signed.der', 'wb') as file:
        file.write(signed)
    openssl('dgst', '-sha256', '-sign', 'signer-ca.key', '-out', 'signature.der', 'signed.der')
    signature = open('signature.der', 'rb').read()
    ecdsa_with_sha256 = bytes.fromhex('300a06082a8648ce3d040302')
    whole = element(0x30, bytes(signed) + ecdsa_with_sha256 + element(0x03, b'\0' + signature))
    with open('whole.der', 'wb') as file:
        file.write(whole)
    openssl('x509', '-inform', 'DER', '-in', 'whole.der', '-out', name + '-device.crt')


class Line:
    def __init__(self, name):
        # A path, or socket:// and a port.
        self.port = serial.serial_for_url(name, baudrate=115200, bytesize=8, parity='N', stopbits=1, timeout=30)

    def say(self, data, end=b''):
        self.port.write(data)
        self.port.flush()
        return self.port.read_until(end).decode() if end else ''

    def send_file(self, letter, name):
        """The last line is an empty one, as splitting a file's text at its line ends has it."""
        self.say(letter)
        for line in open(name).read().split('\n'):
            self.say(line.encode() + b'\n')

    def expect_silence(self):
        """Letters that announce a text are not answered, nor is a text: the next answer is that of the next letter."""
        assert self.say(b'r', b'Ready.\n') == 'Ready.\n'


if not os.path.exists('root-ca.crt'):
    make_authorities()
line = Line(port_name)
assert line.say(b'r', b'Ready.\n') == 'Ready.\n'
line.port.write(b's')
number = line.port.read(18).decode()
pem = line.say(b'k', b'-----END PUBLIC KEY-----\n')
write(number + '-device-pubkey.pem', pem.replace('\r', ''))
make_device(number, number)
line.send_file(b'c', 'signer-ca.crt')
line.send_file(b'v', number + '-device.crt')
line.send_file(b'b', 'root-pub.pem')
line.expect_silence()
print(line.say(b'q', b'!\n'), end='')
line.say(b' ')
line.port.timeout = 0.2
assert line.port.read(1) == b''
print(number)
